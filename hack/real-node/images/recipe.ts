import type { ImageConfig } from "../oci";

/** How an image is made. */
export interface Recipe {
  /** The full name: registry, repository and tag. */
  readonly name: string;
  readonly config: ImageConfig;
  /** What goes into it from this machine: if that changes, the image is made anew. */
  readonly ingredients: () => Promise<string[]>;
  /** Fills the folder that becomes the root file system. */
  readonly fill: (root: string) => Promise<void>;
}
