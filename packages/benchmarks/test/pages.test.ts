import { bundleSite, serve, type Server, type Site } from '@gradus/browser-tests';
import { describeInChromium } from '@gradus/browser-tests/describe-in-chromium';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { operands, productOf } from '../src/cases/product.js';
import { PagePlayer } from '../src/contest/page-player.js';
import { compete } from '../src/contest/rounds.js';

await describeInChromium('contestants in pages', () => {
  let site: Site;
  let server: Server;
  beforeAll(async () => {
    site = await bundleSite({
      page: new URL('../src/contestants/page.js', import.meta.url),
      library: new URL('support/library.js', import.meta.url),
    });
    server = await serve(site.folder);
  });
  afterAll(async () => {
    await server.close();
    await site.remove();
  });

  function contestant(name: string) {
    const options = encodeURIComponent(JSON.stringify({ behaviour: name }));
    const url = `${server.url}?module=library&options=${options}`;
    return { name, start: () => new PagePlayer(url) };
  }

  it('compute on their own, round by round, and are out when they fail', async () => {
    const product = productOf(3, 1);
    const names = ['well', 'absent', 'broken'];
    const options = { rounds: 2, seconds: 60, limit: 60 };
    const scores = await compete(names.map(contestant), product, options);
    expect(scores.map(({ failure }) => failure)).toEqual([
      undefined,
      'Error: no adapter',
      'Error: it has no products',
    ]);
    const sums = Array.from({ length: scores[0]!.results.length }, (_, run) =>
      operands(product, run).left.reduce((total, value) => total + value, 0),
    );
    expect(sums.length).toBeGreaterThan(1);
    expect(scores[0]).toMatchObject({ description: 'well', results: sums });
  }, 60_000);

  it('may take so long for an answer', async () => {
    const player = contestant('silent').start();
    try {
      await player.ask(undefined, 60);
      await player.ask({ prepare: productOf(3, 1) }, 60);
      const answer = player.ask({ first: 0, count: 1 }, 0.2);
      await expect(answer).rejects.toThrow('no answer within 0.2 seconds');
    } finally {
      await player.stop();
    }
  }, 60_000);
});
