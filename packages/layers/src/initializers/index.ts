export { constant, ones, zeros } from './constant.js';
export { normal, truncatedNormal, uniform } from './distribution.js';
export { orthogonal, type OrthogonalOptions } from './orthogonal.js';
export {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
} from './variance-scaling.js';
