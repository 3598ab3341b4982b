/** Keeps downloaded files from one run to the next. */
export interface FileCache {
  /** The file of this name, or `undefined` if there is none. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Keeps a file, all of it or, if this fails, nothing. */
  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

/** What loading needs from where it runs. */
export interface Platform {
  /** The data directory that the environment names. */
  environmentDirectory(): string | undefined;
  /** Names of the plain files in a directory. */
  listFiles(directory: string): Promise<string[]>;
  /** A file's bytes, if they are no more than `maximumBytes`. */
  readFile(directory: string, name: string, maximumBytes: number): Promise<Uint8Array>;
  /** The cache in `directory`, or in the usual place, or `undefined` where nothing can be kept. */
  openCache(directory: string | undefined): FileCache | undefined;
}
