// The composition root: puts the firmware on the board it runs on.
import { createDevice } from "./device/device";
import { platform } from "./espruino/platform";
import { publish } from "./espruino/repl";

publish("device", createDevice(platform));
