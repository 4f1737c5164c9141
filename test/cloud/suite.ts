// The cloud of the suite that runs, and a client of it.
import type { Cloud, CloudOptions } from "../../sim/cloud/index";
import { Client, testCloud } from "./client";

export let cloud: Cloud;
export let client: Client;

/** Starts a cloud before the tests of a suite, and closes it after them. */
export function useCloud(options: CloudOptions = {}): void {
  before(async () => {
    cloud = await testCloud(options);
    client = new Client(cloud);
  });
  after(() => cloud?.close());
}
