/** Members of groups, found without looking at all that there are. */
export class Groups<T> {
  readonly #groups = new Map<string, Set<T>>();

  add(group: string, member: T): void {
    this.#groups.set(group, (this.#groups.get(group) ?? new Set()).add(member));
  }

  remove(group: string, member: T): void {
    const members = this.#groups.get(group);
    members?.delete(member);
    if (members?.size === 0) {
      this.#groups.delete(group);
    }
  }

  of(group: string): readonly T[] {
    return [...(this.#groups.get(group) ?? [])];
  }

  has(group: string, member: T): boolean {
    return this.#groups.get(group)?.has(member) ?? false;
  }

  get isEmpty(): boolean {
    return this.#groups.size === 0;
  }

  /** The groups that have members, by age. */
  all(): Iterable<[string, ReadonlySet<T>]> {
    return this.#groups;
  }

  /** Has the group be the youngest, if it has members. */
  putLast(group: string): void {
    const members = this.#groups.get(group);
    if (members) {
      this.#groups.delete(group);
      this.#groups.set(group, members);
    }
  }
}
