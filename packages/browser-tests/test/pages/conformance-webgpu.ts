/** The page of the conformance tests on WebGPU. */
import { webgpu } from '@gradus/backend-webgpu';
import { offerConformance } from '../support/define-page.js';

offerConformance({ name: 'webgpu', createDevice: () => webgpu() });
