import { resolve } from 'node:path';
import { testReadme } from '@gradus/tooling/snippets';

const own = resolve(import.meta.dirname, '..');
testReadme(own);
// Core's examples compute on a backend, which core itself cannot depend on.
testReadme(own, '../core/README.md');
testReadme(own, '../../docs/guides/writing-a-layer.md');
