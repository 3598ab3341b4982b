import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import jsdoc from 'eslint-plugin-jsdoc';
import { configs as typescript } from 'typescript-eslint';

const published = 'packages/!(tooling|benchmarks|browser-tests)/src/**/*.ts';
const nodeEntries = 'packages/*/src/{node.ts,node/**}';
const tests = '{packages,apps}/*/test/**/*.ts';

/** Globals that a page does not have; `globalThis.process` and feature tests remain possible. */
const nodeGlobals = ['process', 'Buffer', 'global', 'require', '__dirname', 'setImmediate'];

/** ESLint for the whole workspace, run from its root. */
export default defineConfig(
  { ignores: ['**/{dist,node_modules,.turbo,.reports,coverage}/'] },
  { linterOptions: { noInlineConfig: true } },
  {
    files: ['**/*.{js,ts}'],
    extends: [eslint.configs.recommended],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        URL: 'readonly',
        WebAssembly: 'readonly',
      },
    },
    rules: {
      eqeqeq: 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'anywhere' }],
      'max-lines': ['error', { max: 350 }],
    },
  },
  {
    files: ['**/*.ts'],
    extends: [typescript.strictTypeChecked, typescript.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Numeric loops index arrays that they know to be long enough.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `async` turns whatever an implementation throws into a rejection, with or without `await`.
      '@typescript-eslint/require-await': 'off',
      // `import { type T }` would load the file, `import type { T }` does not.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      // Messages print shapes.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowArray: true },
      ],
      // An interface without members makes room for those that somebody else declares.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'always' }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // An empty environment variable counts as none.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
    },
  },
  {
    files: [published],
    plugins: { jsdoc },
    rules: {
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: true,
          enableFixer: false,
          checkConstructors: false,
          require: { ClassDeclaration: true, MethodDefinition: true },
          contexts: [
            'TSInterfaceDeclaration',
            'TSTypeAliasDeclaration',
            'ExportNamedDeclaration > VariableDeclaration',
          ],
        },
      ],
      'jsdoc/require-description': ['error', { contexts: ['any'] }],
      'jsdoc/check-param-names': [
        'error',
        { checkDestructured: false, disableMissingParamChecks: true },
      ],
      'jsdoc/check-tag-names': 'error',
      'jsdoc/no-types': 'error',
    },
  },
  {
    files: [published],
    ignores: [nodeEntries],
    rules: { 'no-restricted-globals': ['error', ...nodeGlobals] },
  },
  {
    // Fused expressions become functions where the page allows it, behind one door.
    files: ['packages/backend-cpu/src/program/evaluate.ts'],
    rules: { '@typescript-eslint/no-implied-eval': 'off' },
  },
  {
    files: [tests],
    rules: {
      'max-lines': ['error', { max: 500 }],
      // Matchers such as `expect.objectContaining` are of type any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(only|todo)$/]',
          message: 'A focused or unwritten test hides others.',
        },
      ],
    },
  },
);
