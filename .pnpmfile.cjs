/**
 * What goes to the registry: the manifest without what only this workspace uses. The `source`
 * condition above all, for it points to files that are not published.
 */
function beforePacking({ scripts, devDependencies, ...manifest }) {
  return { ...manifest, exports: withoutSource(manifest.exports) };
}

function withoutSource(entry) {
  if (entry === null || typeof entry !== 'object') return entry;
  return Object.fromEntries(
    Object.entries(entry)
      .filter(([condition]) => condition !== 'source')
      .map(([condition, target]) => [condition, withoutSource(target)]),
  );
}

module.exports = { hooks: { beforePacking } };
