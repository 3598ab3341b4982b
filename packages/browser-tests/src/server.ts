import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

/** Headers under which threads of a page may share memory. */
export const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
} as const;

/** The strictest policy that Gradus works under: no inline code, no `eval`, no foreign scripts. */
export const strictPolicy = {
  'Content-Security-Policy': "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'",
} as const;

/** A folder on the web. */
export interface Server {
  /** Such as `http://127.0.0.1:40001/`. */
  readonly url: string;
  /** What browsers reported of violations of the content-security policy, in pages and workers. */
  readonly violations: readonly string[];
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.css': 'text/css',
  '.map': 'application/json',
};

const reportPath = '/content-security-policy-violation';

/**
 * Serves the files of a folder on a free port of this machine.
 *
 * @param headers What goes with every answer, scripts of workers included. Browsers report here
 *   when a `Content-Security-Policy` among them is violated.
 */
export async function serve(
  folder: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const violations: string[] = [];
  const sent = withReports(headers);
  const server = createServer((request, response) => {
    const answer = request.method === 'POST' ? receive(request, violations) : find(folder, request);
    void answer.then((file) => reply(response, sent, file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}/`, violations, close };
}

interface File {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const nothing: File = { type: 'text/plain', bytes: new Uint8Array() };

function withReports(headers: Readonly<Record<string, string>>): Record<string, string> {
  const policy = headers['Content-Security-Policy'];
  if (policy === undefined) return { ...headers };
  return { ...headers, 'Content-Security-Policy': `${policy}; report-uri ${reportPath}` };
}

async function find(folder: string, { url = '/' }: IncomingMessage): Promise<File | undefined> {
  const { pathname } = new URL(url, 'http://localhost');
  // Browsers ask for it unasked.
  if (pathname === '/favicon.ico') return nothing;
  const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
  try {
    const bytes = await readFile(join(folder, normalize(decodeURIComponent(path))));
    return { type: types[extname(path)] ?? 'application/octet-stream', bytes };
  } catch {
    return undefined;
  }
}

async function receive(request: IncomingMessage, violations: string[]): Promise<File> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  violations.push(Buffer.concat(chunks).toString());
  return nothing;
}

function reply(
  response: ServerResponse,
  headers: Record<string, string>,
  file: File | undefined,
): void {
  response.writeHead(file === undefined ? 404 : 200, {
    ...headers,
    'Content-Type': file?.type ?? 'text/plain',
    'Cache-Control': 'no-store',
  });
  response.end(file?.bytes);
}
