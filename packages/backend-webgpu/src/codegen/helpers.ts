import type { Lanes } from './types.js';

/** A WGSL function that expressions call, written where a shader uses it. */
export interface Helper {
  /** The function's name, to which the number of lanes is added. */
  readonly name: string;
  /** The functions that it calls itself. */
  readonly needs?: readonly Helper[];
  /** The function for so many lanes, under the name `name`. */
  write(name: string, lanes: Lanes): string;
}

/** The helpers of one shader, each once. */
export class Helpers {
  readonly #written = new Map<string, string>();

  /** Has the shader contain a helper and what that needs, and gives its name there. */
  use(helper: Helper, lanes: Lanes): string {
    const name = nameOf(helper, lanes);
    if (this.#written.has(name)) return name;
    for (const needed of helper.needs ?? []) this.use(needed, lanes);
    this.#written.set(name, helper.write(name, lanes));
    return name;
  }

  /** The functions in WGSL; those that are called come first. */
  get source(): string {
    return [...this.#written.values()].join('\n');
  }
}

/** How a helper for so many lanes is called. */
export function nameOf({ name }: Helper, lanes: Lanes): string {
  return lanes === 1 ? name : `${name}${lanes}`;
}
