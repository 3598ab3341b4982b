export { default } from '@gradus/tooling/tsup';
