#!/usr/bin/env node
try {
  const { main } = await import('../dist/index.js');
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error(`gradus: ${error.message}.`);
  console.error('In a clone of the repository, "npx pnpm@10 build" builds it.');
  process.exitCode = 1;
}
