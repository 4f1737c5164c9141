// Names that the user has at the REPL.

/** Makes `value` the global `name`. */
export function publish(name: string, value: unknown): void {
  global[name] = value;
}
