import { execFile } from 'node:child_process';

/** How a process ended. One that does not end is killed, and its test fails. */
export interface End {
  readonly code: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** The line by which a program gets what `programs.ts` exports, from where the package was built. */
export function programImports(folder: URL): string {
  return `import { compile, endlessPlan, setDefaultDevice, tensor, wasm, WasmBackend }
    from '${new URL('programs.js', folder).href}';\n`;
}

/** A function that runs programs to their ends, each in a process of its own. */
export function programRunner(folder: URL): (program: string) => Promise<End> {
  return (program) => {
    const arguments_ = ['--input-type=module', '--eval', programImports(folder) + program];
    return new Promise((resolve) => {
      execFile(process.execPath, arguments_, { timeout: 50_000 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : (error.signal ?? error.code);
        resolve({ code, stdout: stdout.trim(), stderr });
      });
    });
  };
}
