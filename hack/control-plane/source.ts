import type { BinaryName } from "./versions";

/** A place to get binaries from. */
export interface Source<Name extends string = BinaryName> {
  /** As it reads before ": <why not>". */
  readonly description: string;

  /**
   * @param report told how far it is if it takes long: "building, 40 s"
   * @returns the path of the binary
   * @throws with the reason why it cannot be had from here
   */
  get(name: Name, report: (how: string) => void): Promise<string>;
}
