import { concatenate } from './inflate.js';

/** The part of `fetch` that downloads use; it must honour the signal, as `fetch` does. */
export type Fetch = (
  url: string,
  init: { readonly headers: Record<string, string>; readonly signal: AbortSignal },
) => Promise<Response>;

/** How one address is fetched. */
export interface TransferOptions {
  readonly fetch: Fetch;
  /** Give up after so many milliseconds without a byte. */
  readonly timeout: number;
  /** Give up past so many bytes. */
  readonly maximumBytes: number;
  readonly signal?: AbortSignal | undefined;
  readonly onReceived?: (receivedBytes: number, totalBytes: number | undefined) => void;
  readonly onRetry?: (reason: string, receivedBytes: number) => void;
}

const maximumAttempts = 5;

/** An answer that asking again would not change. */
class Refusal extends Error {}

/**
 * Fetches one address. If the connection breaks or stalls, the missing rest is asked for with a
 * range request, or everything again where that cannot work; an attempt that brought nothing is
 * the last.
 *
 * @throws {Error} With the reason in words; the signal's own reason if it was aborted.
 */
export async function transfer(
  url: string,
  options: TransferOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const received = new ReceivedBytes();
  for (let attempt = 1; ; attempt++) {
    const arrivedBefore = received.arrived;
    try {
      await receive(url, received, options);
      return received.join();
    } catch (error) {
      options.signal?.throwIfAborted();
      const isFinal = error instanceof Refusal || attempt === maximumAttempts;
      if (isFinal || received.arrived === arrivedBefore) throw error;
      if (!received.isGzip()) received.clear();
      options.onRetry?.(reasonOf(error), received.length);
    }
  }
}

async function receive(
  url: string,
  received: ReceivedBytes,
  options: TransferOptions,
): Promise<void> {
  const stall = new StallTimer(options.timeout);
  const signal = options.signal ? AbortSignal.any([options.signal, stall.signal]) : stall.signal;
  const request = () => options.fetch(url, { headers: rangeFrom(received.length), signal });
  try {
    let response = await request();
    if (received.length > 0 && !continues(response, received.length)) {
      received.clear();
      if (response.status !== 200) {
        await response.body?.cancel();
        response = await request();
      }
    }
    if (!response.ok) throw new Refusal(`HTTP ${response.status} ${response.statusText}`.trim());
    if (response.body === null) throw new Refusal('the response has no body');
    const totalBytes = announcedLength(response, received.length);
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      stall.restart();
      received.append(value);
      if (received.length > options.maximumBytes) {
        await reader.cancel();
        throw new Refusal(`it sends more than the ${options.maximumBytes} bytes it may`);
      }
      options.onReceived?.(received.length, totalBytes);
    }
  } catch (error) {
    throw stall.signal.aborted ? new Error(`no data for ${options.timeout} ms`) : error;
  } finally {
    stall.stop();
  }
}

function rangeFrom(receivedBytes: number): Record<string, string> {
  return receivedBytes > 0 ? { range: `bytes=${receivedBytes}-` } : {};
}

/** Whether the body goes on where the bytes received end; pages may be denied Content-Range. */
function continues(response: Response, receivedBytes: number): boolean {
  if (response.status !== 206) return false;
  const range = response.headers.get('content-range');
  return range === null || range.startsWith(`bytes ${receivedBytes}-`);
}

function announcedLength(response: Response, receivedBytes: number): number | undefined {
  const length = Number(response.headers.get('content-length') ?? NaN);
  const isEncoded = response.headers.has('content-encoding');
  return Number.isInteger(length) && !isEncoded ? receivedBytes + length : undefined;
}

class ReceivedBytes {
  /** How many bytes are held. */
  length = 0;
  /** How many bytes ever came, those dropped again among them. */
  arrived = 0;
  #pieces: Uint8Array[] = [];

  append(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.length += piece.length;
    this.arrived += piece.length;
  }

  clear(): void {
    this.#pieces = [];
    this.length = 0;
  }

  /** Bytes still compressed are as the server stores them, so that its ranges count the same. */
  isGzip(): boolean {
    const [first, second] = concatenate(this.#pieces.slice(0, 2));
    return first === 0x1f && second === 0x8b;
  }

  join(): Uint8Array<ArrayBuffer> {
    return concatenate(this.#pieces);
  }
}

/** Aborts its signal when it has not been restarted for a while. */
class StallTimer {
  readonly #controller = new AbortController();
  readonly #timeout: number;
  #timer: ReturnType<typeof setTimeout>;

  constructor(timeout: number) {
    this.#timeout = timeout;
    this.#timer = this.#start();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    this.stop();
    this.#timer = this.#start();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #start(): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#controller.abort(), this.#timeout);
  }
}

/** An error in words, with what lies beneath it: `fetch` says little more than "fetch failed". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause: (Error & { code?: string }) | undefined =
    error.cause instanceof Error ? error.cause : undefined;
  if (cause === undefined) return error.message;
  // What lists several errors, one for each address of a host, has a code but no message.
  const detail = cause.message === '' ? (cause.code ?? cause.name) : cause.message;
  return error.message.includes(detail) ? error.message : `${error.message} (${detail})`;
}
