import { InflateError } from './errors.js';

/** What {@link inflate} may produce, and what its errors call the input. */
export interface InflateOptions {
  /** More bytes than this, inflated, are an error; choose the size that the file should have. */
  readonly maximumBytes: number;
  /** What error messages call the input, usually a file name. */
  readonly name?: string;
}

/** Deflate expands at most 1032-fold, so that no piece can burst past the cap by more than 17 MB. */
const pieceBytes = 16_384;

/**
 * Inflates gzip while it streams, and passes on bytes that are not gzip as they are: `.gz` and
 * plain files go through the same door. Output is counted as it appears, so that a small file that
 * inflates to gigabytes is given up at `maximumBytes`.
 *
 * @param source The file as it is, in one piece or as a stream of pieces of any size.
 * @param options The cap and the name for messages.
 * @returns The inflated bytes, in memory of their own.
 * @throws {InflateError} `INFLATE_TOO_LARGE` past the cap; `INFLATE_CORRUPT` if the gzip stream is
 *   truncated, damaged, or fails its checksum. Errors of the source stream pass through unchanged.
 */
export async function inflate(
  source: Uint8Array | ReadableStream<Uint8Array>,
  options: InflateOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { maximumBytes, name = 'gzip data' } = options;
  const input = new InputPieces(source);
  const plain = new ReadableStream<Uint8Array>(input, { highWaterMark: 0 });
  if (!(await input.isGzip())) return collect(plain, maximumBytes, name);
  try {
    const decompression = new DecompressionStream('gzip') as TransformStream<
      Uint8Array,
      Uint8Array
    >;
    return await collect(plain.pipeThrough(decompression), maximumBytes, name);
  } catch (error) {
    if (error instanceof InflateError || input.failed) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new InflateError(
      'INFLATE_CORRUPT',
      `${name}: the gzip stream is truncated or corrupt (${detail}). Get the file anew.`,
      { cause: error },
    );
  }
}

/** A stream's source that looks ahead by the two bytes that tell gzip, and cuts small pieces. */
class InputPieces implements UnderlyingDefaultSource<Uint8Array> {
  /** Whether the source itself broke, as opposed to what it contains. */
  failed = false;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #pending: Uint8Array = new Uint8Array(0);

  constructor(source: Uint8Array | ReadableStream<Uint8Array>) {
    if (source instanceof Uint8Array) this.#pending = source;
    else this.#reader = source.getReader();
  }

  async isGzip(): Promise<boolean> {
    while (this.#pending.length < 2 && (await this.#readMore()));
    return this.#pending[0] === 0x1f && this.#pending[1] === 0x8b;
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    while (this.#pending.length === 0) {
      if (await this.#readMore()) continue;
      controller.close();
      return;
    }
    controller.enqueue(this.#pending.slice(0, pieceBytes));
    this.#pending = this.#pending.subarray(pieceBytes);
  }

  async cancel(reason: unknown): Promise<void> {
    await this.#reader?.cancel(reason);
  }

  async #readMore(): Promise<boolean> {
    try {
      const chunk = await this.#reader?.read();
      if (chunk?.value === undefined) return false;
      this.#pending = concatenate([this.#pending, chunk.value]);
      return true;
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }
}

async function collect(
  stream: ReadableStream<Uint8Array>,
  maximumBytes: number,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concatenate(pieces);
    length += value.length;
    if (length > maximumBytes) {
      const error = new InflateError(
        'INFLATE_TOO_LARGE',
        `${name}: the content is larger than the ${maximumBytes} bytes it may have.`,
      );
      await reader.cancel(error);
      throw error;
    }
    pieces.push(value);
  }
}

/** Joins pieces into one array of their total length. */
export function concatenate(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}
