import { bareBoard, imageBoard, MIB } from "./boards";
import { startBareServer, startCloudProcess } from "./processes";
const cloud = await startCloudProcess();
const server = await startBareServer(cloud.said.certificates.directory);
const board = imageBoard(cloud.said); board.file("log.txt", 10*MIB);
await board.boot();
console.log(await board.evaluate("process.memory()"), await board.evaluate("process.version"), await board.evaluate("process.env"));
console.log(await board.evaluate("device.syncTime()"));
const bare = await bareBoard("loops"); bare.file("log.txt", 10*MIB);
for (let i=0;i<2;i++) {
console.log(await board.evaluate('device.put("log.txt")'));
for (const [piece,chunk] of [[1024,0],[2048,0],[4096,0],[2048,4096],[4096,4096],[8192,4096],[2048,8192],[4096,8192],[8192,8192]])
 for (const path of [undefined,'"log.txt"']) {
  await bare.boot();
  console.log(piece,chunk,path, await bare.evaluate(`barePut(${server.said.port},${10*MIB},${piece},${chunk},${path})`));
 }
for (const chunk of [0,4096]) { await bare.boot();
  console.log("get",chunk, await bare.evaluate(`bareGet(${server.said.port},${MIB},${chunk},"firmware.bin")`)); }
await board.evaluate(`device.put("firmware.bin")`).catch(e=>console.log(e));
}
const parts = await bareBoard("parts"); parts.file("log.txt", MIB); await parts.boot(); console.log(await parts.evaluate('parts("log.txt")'));
await board.close(); await bare.close(); await parts.close(); await server.stop(); await cloud.stop();
