// What kind of host this is.

/** True on the Linux build: no Wifi module, no card to mount, a process's stack instead of an ESP32's 25,000 bytes. */
export function isLinux(): boolean {
  return process.env.BOARD == "LINUX";
}

/** True if the interpreter was built with the module `name`. */
export function hasModule(name: string): boolean {
  return process.env.MODULES.split(",").indexOf(name) >= 0;
}
