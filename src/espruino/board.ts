// What kind of host this is.

/** True on the Linux build: no Wifi module, no card to mount, a process's stack instead of an ESP32's 25,000 bytes. */
export function isLinux(): boolean {
  return process.env.BOARD == "LINUX";
}

/**
 * Makes room on an interpreter whose heap grows (the ordinary Linux build, known by its big variables): it grows for single
 * variables only, so that a digest of 32 bytes in one run is refused where a board of its size would have had room.
 */
export function growHeap(): void {
  const memory = process.memory();
  if (memory.blocksize < 17 || memory.total > 8192) return;
  let text = "0123456789abcdef";
  while (text.length < 131072) text += text;
}

/** True if the interpreter was built with the module `name`. */
export function hasModule(name: string): boolean {
  return process.env.MODULES.split(",").indexOf(name) >= 0;
}
