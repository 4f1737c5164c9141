// Names that the user has at the REPL.

/** Makes a global `name`, whose value `made` is asked for each time. */
export function publish(name: string, made: () => unknown): void {
  Object.defineProperty(global, name, { get: made, configurable: true });
}
