/** Something in the cluster is in the way, which people can put right; the message says how. */
export class Obstacle extends Error {
  override name = "Obstacle";
}
