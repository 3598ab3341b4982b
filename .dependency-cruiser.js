export { default } from '@gradus/tooling/architecture';
