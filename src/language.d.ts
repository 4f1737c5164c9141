// What Espruino 2v27 to 2v29 has beyond ES5, and nothing else: a use of anything missing here is a compile error.
interface Promise<T> {
  then<A = T, B = never>(
    resolved?: ((value: T) => A | Promise<A>) | null,
    rejected?: ((reason: any) => B | Promise<B>) | null,
  ): Promise<A | B>;
  catch<B = never>(rejected: (reason: any) => B | Promise<B>): Promise<T | B>;
}
interface PromiseConstructor {
  new <T>(executor: (resolve: (value: T | Promise<T>) => void, reject: (reason: any) => void) => void): Promise<T>;
  all<T>(values: Promise<T>[]): Promise<T[]>;
  resolve<T>(value: T): Promise<T>;
}
declare var Promise: PromiseConstructor;
interface ObjectConstructor {
  assign<T extends object, U extends object>(target: T, source: U): T & U;
}
interface String {
  padStart(length: number, fill?: string): string;
  padEnd(length: number, fill?: string): string;
  startsWith(text: string): boolean;
  endsWith(text: string): boolean;
}
