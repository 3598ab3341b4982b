import { resolve } from 'node:path';
import { testReadme } from '@gradus/tooling/snippets';

testReadme(resolve(import.meta.dirname, '..'));
