/** A contestant in a page: its products are their left operands, unless it shall fail. */

/** */
export async function open(/** @type {{ behaviour?: string }} */ { behaviour }) {
  if (behaviour === 'absent') throw new Error('no adapter');
  const description = behaviour ?? '';
  const product =
    async () =>
    async (/** @type {{ left: Float32Array }} */ { left }) => {
      if (behaviour === 'silent') await new Promise(() => undefined);
      if (behaviour === 'broken') throw new Error('it has no products');
      return left;
    };
  return { description, product };
}
