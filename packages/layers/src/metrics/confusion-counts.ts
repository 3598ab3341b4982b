import { formatTable } from '../table.js';

/** What {@link ConfusionCounts} knows besides the counts. */
export interface ConfusionDetails {
  /** What the classes are called. */
  readonly names: readonly string[];
  /** How many examples had a label that names no class. */
  readonly unknown: number;
}

/**
 * How often examples of each class were taken for each class. What a class has nothing of, it has
 * NaN of: the precision of one that was never an answer, the recall of one that never occurred.
 */
export class ConfusionCounts {
  /** `counts[label][answer]`. */
  readonly counts: readonly (readonly number[])[];
  /** What the classes are called. */
  readonly names: readonly string[];
  /** How many examples had a label that names no class; they are in no other figure. */
  readonly unknown: number;

  /** Keeps square `counts`. */
  constructor(counts: readonly (readonly number[])[], { names, unknown }: ConfusionDetails) {
    this.counts = counts;
    this.names = names;
    this.unknown = unknown;
  }

  /** The share of right answers. */
  get accuracy(): number {
    return sum(this.#right) / sum(this.#labelled);
  }

  /** Of the answers that named each class, the share that were right. */
  get precision(): number[] {
    return this.#right.map((right, index) => right / this.#answered[index]!);
  }

  /** Of the examples of each class, the share that were recognised. */
  get recall(): number[] {
    return this.#right.map((right, index) => right / this.#labelled[index]!);
  }

  /** The harmonic mean of precision and recall of each class; 0 if no answer was right. */
  get f1(): number[] {
    return this.#right.map((right, index) => {
      return (2 * right) / (this.#answered[index]! + this.#labelled[index]!);
    });
  }

  /** A table: a row for each label, a column for each answer, recall, precision and accuracy. */
  toString(): string {
    const rows = this.counts.map((row, index) => {
      return [this.names[index]!, ...row.map(String), percent(this.recall[index]!)];
    });
    const table = formatTable(
      ['label', ...this.names, 'recall'],
      rows,
      ['precision', ...this.precision.map(percent), percent(this.accuracy)],
      1,
    );
    return this.unknown === 0
      ? table
      : `${table}\n${this.unknown} with a label that names no class`;
  }

  get #right(): number[] {
    return this.counts.map((row, index) => row[index]!);
  }

  get #labelled(): number[] {
    return this.counts.map(sum);
  }

  get #answered(): number[] {
    return this.counts.map((_, answer) => sum(this.counts.map((row) => row[answer]!)));
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function percent(share: number): string {
  return Number.isNaN(share) ? '–' : `${(100 * share).toFixed(1)}%`;
}
