import { resolve } from "node:path";
import { explain } from "../explain";
import { OriginalController } from "./original";

export function print(line: string): void {
  console.log(line);
}

/**
 * Reads the command's arguments; ends the process if they are wrong, or ask for help.
 *
 * @param read reads them, and throws an Error that says what is wrong
 */
export function optionsOrExit<Options extends { readonly help: boolean }>(
  read: (args: readonly string[]) => Options,
  usage: string,
): Options {
  try {
    const options = read(process.argv.slice(2));
    if (options.help) {
      print(usage);
      process.exit(0);
    }
    return options;
  } catch (error) {
    console.error(`${explain(error)}\n\n${usage}`);
    process.exit(2);
  }
}

/** Ends the process with the work: with status 1 if it fails. */
export function exitAfter(work: Promise<void>): void {
  work.then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(`\n${explain(error)}`);
      process.exit(1);
    },
  );
}

/** @returns undefined if it is not there to be measured */
export async function findOriginal({
  original,
  python,
}: {
  readonly original: string | undefined;
  readonly python: string;
}): Promise<OriginalController | undefined> {
  if (original === undefined) {
    print("Without --original the original's controller is left out");
    return undefined;
  }
  return OriginalController.find(resolve(original), python);
}
