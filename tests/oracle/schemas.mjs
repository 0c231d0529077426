// Writes schema-12.json and schema-13.json beside node_modules, of types.ts: node schemas.mjs FOLDER
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = resolve(process.argv[2]);
const modules = join(folder, 'node_modules');
const { createGenerator } = createRequire(join(folder, 'package.json'))('ts-json-schema-generator');
const here = dirname(fileURLToPath(import.meta.url));

function schema(source, types, root) {
  const within = join(modules, source, 'dist', 'types');
  const temporary = mkdtempSync(join(folder, 'generate-'));
  const tsconfig = join(temporary, 'tsconfig.json');
  writeFileSync(tsconfig, JSON.stringify({
    compilerOptions: {
      module: 'esnext',
      moduleResolution: 'bundler',
      noEmit: true,
      paths: {
        '@grafana/schema': [join(within, 'index.d.ts')],
        'stored/*': [join(within, 'raw', '*')],
        v2: [join(within, 'schema', 'dashboard', 'v2', 'index.d.ts')],
        loki: [join(modules, 'grafana-schema-12', 'dist', 'types', 'raw', 'composable', 'loki', 'dataquery', 'x', 'types.gen.d.ts')],
        'data/*': [join(modules, '@grafana', 'data', 'dist', 'types', '*')],
      },
      skipLibCheck: true,
      strict: true,
      target: 'esnext',
      types: [],
    },
    files: [types],
  }));
  try {
    return createGenerator({ path: types, tsconfig, type: root, expose: 'none', topRef: false, jsDoc: 'none' })
      .createSchema(root);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** Closes each object: the generator leaves open what comes of an intersection. */
function closed(schema) {
  for (const inner of Object.values(schema)) {
    if (inner && typeof inner === 'object') closed(inner);
  }
  if (schema.type === 'object' && schema.properties) schema.additionalProperties ??= false;
  return schema;
}

const text = (value) => `${JSON.stringify(value)}\n`;
for (const [version, source] of [['12', 'grafana-schema-12'], ['13', '@grafana/schema']]) {
  writeFileSync(join(folder, `schema-${version}.json`), text(closed(schema(source, join(here, 'types.ts'), 'Stored'))));
}
