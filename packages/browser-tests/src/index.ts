/** Chromium, and sites for it, for other private packages. */
export { bundleSite, type Site } from './bundle.js';
export { launchChromium } from './chromium.js';
export { isolation, serve, type Server } from './server.js';
export { visit, type Visit } from './visit.js';
