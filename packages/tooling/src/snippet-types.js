import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';
import { extractSnippets } from './snippets.js';
import { workspaceRoot } from './workspace.js';

/**
 * Type-checks the `ts` fences of Markdown files, all in one program.
 *
 * @param {{ readme: string, packageFolder: string }[]} documents Each with the package whose
 *   dependencies its fences may import; paths from the root of the workspace.
 * @returns {string[]} `README.md:12: what is wrong`, nothing where all is well.
 */
export function checkSnippetTypes(documents) {
  /** @type {Map<string, { readme: string, line: number, code: string }>} */
  const files = new Map();
  for (const { readme, packageFolder } of documents) {
    for (const { line, code } of extractSnippets(
      readFileSync(join(workspaceRoot, readme), 'utf8'),
    )) {
      const name = `snippet-${readme.replaceAll(/\W/g, '-')}-${line}.ts`;
      const path = join(workspaceRoot, packageFolder, name).replaceAll(sep, '/');
      files.set(path, { readme, line, code });
    }
  }

  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path)?.code ?? readFile(path);

  const program = ts.createProgram([...files.keys()], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, start = 0, messageText }) => {
      const message = ts.flattenDiagnosticMessageText(messageText, '\n');
      if (file === undefined) return message;
      const snippet = files.get(file.fileName);
      const line = file.getLineAndCharacterOfPosition(start).line + (snippet?.line ?? 1);
      return `${snippet?.readme ?? relative(workspaceRoot, file.fileName)}:${line}: ${message}`;
    })
    .sort();
}

/** The shared options, but a snippet may name what it does not use. */
function compilerOptions() {
  const path = join(workspaceRoot, 'packages/tooling/tsconfig.base.json');
  const { config } = ts.readConfigFile(path, (name) => readFileSync(name, 'utf8'));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, workspaceRoot);
  return { ...options, noUnusedLocals: false, noUnusedParameters: false };
}
