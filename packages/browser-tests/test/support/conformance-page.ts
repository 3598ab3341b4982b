import type { Capabilities } from '@gradus/core/backend';

/** One test of the suite. */
export interface ConformanceCase {
  /** Titles, the outermost first. */
  readonly path: readonly string[];
  /** What to call `run` with; a case that is skipped has none. */
  readonly body: number | undefined;
}

/** What the page of the conformance tests offers as the promise `conformance`. */
export interface ConformancePage {
  readonly cases: readonly ConformanceCase[];
  readonly mode: Mode;
  /** Rejects when the case fails. */
  run(body: number): Promise<void>;
}

/** How the page computes. */
export interface Mode extends Pick<Capabilities, 'synchronous' | 'threads'> {
  readonly description: string;
  /** Of WASM: whether its code multiplies and adds in one instruction. */
  readonly fused?: boolean;
}

declare global {
  var conformance: Promise<ConformancePage>;
}
