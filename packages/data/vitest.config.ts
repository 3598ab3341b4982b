export { default } from '@gradus/tooling/vitest';
