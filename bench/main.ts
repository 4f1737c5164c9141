// The command `npm run bench`: measures the image on the real interpreter that ESPRUINO names and prints one table. It judges nothing by its exit status.
import { loadavg } from "node:os";
import { interpreterProgram } from "../test/espruino/interpreter";
import { chunkSection } from "./chunk";
import { getSection } from "./get";
import { imageSection } from "./image";
import { iotSection } from "./iot";
import { longSection } from "./long";
import { memorySection } from "./memory";
import { startBareServer, startCloudProcess } from "./processes";
import { putSections } from "./put";
import { table } from "./table";

if (!interpreterProgram()) {
  console.log(table([imageSection()]));
  console.log("\nSpeed and memory are measured on the real interpreter: ESPRUINO=/path/to/espruino npm run bench (a Linux build).");
} else {
  if (loadavg()[0]! > 0.7) console.log("The machine is busy: the seconds below will vary, the ratios less.");
  const cloud = await startCloudProcess();
  const bare = await startBareServer(cloud.said.certificates.directory);
  try {
    const port = bare.said.port;
    const memory = await memorySection(cloud.said, bare.said);
    const iot = await iotSection(cloud.said);
    const speed = [...(await putSections(cloud.said, port)), await longSection(cloud.said), await getSection(cloud.said, port), await chunkSection()];
    console.log(`\n${memory.host}. Servers and interpreter are processes of their own on one machine; everything goes over TLS on loopback.`);
    console.log(table([...speed, iot, memory.section, imageSection()]));
    console.log("\n(*) A Linux build keeps Storage in a file and reads code from it 16 characters at a time, each time opening it anew; a board's flash is memory.");
  } finally {
    await bare.stop();
    await cloud.stop();
  }
}
