// Writes schema-11.json, schema-12.json and schema-13.json beside node_modules, of types.ts, and schema-kubernetes.json, of kubernetes.ts:
// node schemas.mjs FOLDER
import { createRequire } from 'node:module';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = resolve(process.argv[2]);
const modules = join(folder, 'node_modules');
const { createGenerator } = createRequire(join(folder, 'package.json'))('ts-json-schema-generator');
const here = dirname(fileURLToPath(import.meta.url));

/** Where a package has its types of panels, which are named otherwise in each version. */
function stored(within) {
  const found = {};
  const composable = join(within, 'raw', 'composable');
  const folders = readdirSync(composable).map((name) => ['composable', name, 'panelcfg', 'x']);
  for (const folder of [...folders, ['dashboard', 'x']]) {
    const inside = join(within, 'raw', ...folder);
    const file = existsSync(inside) && readdirSync(inside).find((name) => name.endsWith('types.gen.d.ts'));
    if (file) found[['stored', ...folder, 'types.gen'].join('/')] = [join(inside, file)];
  }
  return found;
}

function grafanaSchema(source, types, root) {
  const within = ['types', 'esm'].map((name) => join(modules, source, 'dist', name)).find((name) => existsSync(join(name, 'index.d.ts')));
  const v2 = join(within, 'schema', 'dashboard', 'v2', 'index.d.ts');
  return schema(types, root, {
    '@grafana/schema': [join(within, 'index.d.ts')],
    ...stored(within),
    // 11 has no such form, and nothing is made in it.
    v2: [existsSync(v2) ? v2 : join(modules, '@grafana', 'schema', 'dist', 'types', 'schema', 'dashboard', 'v2', 'index.d.ts')],
    loki: [join(modules, 'grafana-schema-12', 'dist', 'types', 'raw', 'composable', 'loki', 'dataquery', 'x', 'types.gen.d.ts')],
    'data/*': [join(modules, '@grafana', 'data', 'dist', 'types', '*')],
  });
}

function schema(types, root, paths) {
  const temporary = mkdtempSync(join(folder, 'generate-'));
  const tsconfig = join(temporary, 'tsconfig.json');
  writeFileSync(tsconfig, JSON.stringify({
    compilerOptions: {
      module: 'esnext',
      moduleResolution: 'bundler',
      noEmit: true,
      paths,
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
for (const [version, source] of [['11', 'grafana-schema-11'], ['12', 'grafana-schema-12'], ['13', '@grafana/schema']]) {
  writeFileSync(join(folder, `schema-${version}.json`), text(closed(grafanaSchema(source, join(here, 'types.ts'), 'Stored'))));
}
// From the copy beside node_modules, where the packages that it names are found.
writeFileSync(join(folder, 'schema-kubernetes.json'), text(closed(schema(join(folder, 'kubernetes.ts'), 'Resources', {}))));
