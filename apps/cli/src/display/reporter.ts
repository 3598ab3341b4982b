import type { TrainingEvent } from '../training/protocol.js';
import type { RunRecord } from '../training/run-record.js';
import type { Ending } from './report.js';

/** What shows a run: each way of showing one is a function that makes this. */
export interface Reporter {
  /** Shows an event, which the record has taken in already. */
  show(event: TrainingEvent, run: RunRecord): void;
  /** A signal has come, and the run is being stopped. */
  stopping(): void;
  /** The last word on a run that completed or was interrupted. */
  end(ending: Ending, run: RunRecord): void;
  /** Clears the way for the message of an error. */
  close(): void;
}

/** Where text goes. */
export type Write = (text: string) => void;
