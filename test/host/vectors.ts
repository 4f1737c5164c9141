// Test data that lies beside the repository (../shared/vectors). It is not part of the project: where it is absent, what
// needs it is left out with a line that says so. The known answers that the tests cannot do without are typed into them.
import fs from "node:fs";

const DIRECTORY = new URL("../../../shared/vectors/", import.meta.url);

/**
 * A block of tests over the data of one file; without the file one pending test that names it.
 * @param name of the file, without ".json"
 */
export function describeVectors(title: string, name: string, tests: (vectors: any) => void): void {
  const file = new URL(name + ".json", DIRECTORY);
  describe(title, () => {
    if (fs.existsSync(file)) tests(JSON.parse(fs.readFileSync(file, "utf8")));
    else it(`is left out: there is no ../shared/vectors/${name}.json`);
  });
}
