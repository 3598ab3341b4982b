export { default } from '@gradus/tooling/eslint';
