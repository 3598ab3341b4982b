import { DownloadError, mnist, syntheticDigits, type DigitSplits, type Fetch } from 'gradus';
import { CommandError, UsageError } from '../errors.js';
import type { DatasetName, Emit, TrainingRequest } from './protocol.js';

/** Digits to train and test on, and what they are. */
export interface NamedDigits extends DigitSplits {
  readonly name: DatasetName;
}

/** What loading needs besides the request. */
export interface LoadingContext {
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** Used in place of the global `fetch`. */
  readonly fetch?: Fetch;
  /** Used in place of `syntheticDigits`. */
  readonly draw?: () => DigitSplits;
}

/** How long a mirror may take to answer before a machine counts as offline. */
const offlineAfterMilliseconds = 2_500;

/**
 * The digits that were asked for. When nobody asked for any in particular and MNIST can be neither
 * found nor downloaded, a notice says so and the digits are drawn by code.
 */
export async function loadDigits(
  request: Pick<TrainingRequest, 'dataset' | 'dataDirectory'>,
  context: LoadingContext,
): Promise<NamedDigits> {
  const { emit, signal } = context;
  if (request.dataset === 'synthetic') return drawDigits(context);
  const mayDraw = request.dataset === undefined;
  const patientFetch = context.fetch ?? ((url, init) => fetch(url, init));
  emit({ type: 'activity', text: 'Loading MNIST' });
  try {
    const { train, test, canonical } = await mnist({
      dataDirectory: request.dataDirectory,
      signal,
      fetch: mayDraw ? impatient(patientFetch, offlineAfterMilliseconds) : patientFetch,
      onEvent: (event) => {
        if (event.type === 'progress') emit({ ...event, type: 'download' });
        if (event.type === 'cache-failed') {
          emit({ type: 'notice', text: `${event.file} cannot be cached: ${event.reason}.` });
        }
      },
    });
    return { train, test, name: canonical ? 'mnist' : 'custom' };
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    const problem = `MNIST cannot be downloaded (${error.failures[0]?.reason ?? error.message})`;
    if (!mayDraw) {
      throw new CommandError(
        error.code,
        `${problem}. Name the directory of its four files with --data-dir, or train on digits drawn by code with --dataset synthetic.`,
        { cause: error },
      );
    }
    emit({
      type: 'notice',
      text: `${problem}, so this trains on digits drawn by code; --data-dir reads MNIST from a directory.`,
    });
    return drawDigits(context);
  }
}

/** Throws unless batches of this size can be made of the training set. */
export function checkBatchSize(batchSize: number, trainExamples: number): void {
  if (batchSize <= trainExamples) return;
  throw new UsageError(
    `--batch-size must be at most ${trainExamples}, the number of training examples; got ${batchSize}.`,
  );
}

function drawDigits({ emit, draw = syntheticDigits }: LoadingContext): NamedDigits {
  emit({ type: 'activity', text: 'Drawing digits' });
  return { ...draw(), name: 'synthetic' };
}

/** `fetch` that gives up when no answer has begun after so many milliseconds. */
function impatient(fetch: Fetch, milliseconds: number): Fetch {
  return async (url, init) => {
    const patience = new AbortController();
    const giveUp = () => patience.abort(new Error(`no answer in ${milliseconds / 1000} s`));
    const timer = setTimeout(giveUp, milliseconds);
    try {
      return await fetch(url, { ...init, signal: AbortSignal.any([init.signal, patience.signal]) });
    } finally {
      clearTimeout(timer);
    }
  };
}
