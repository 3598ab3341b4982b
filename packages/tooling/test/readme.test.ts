import { join } from 'node:path';
import { testReadme } from '../src/snippets.js';
import { workspaceRoot } from '../src/workspace.js';

// The package `gradus` depends on everything that the README of the repository shows.
testReadme(join(workspaceRoot, 'packages/gradus'), '../../README.md');
