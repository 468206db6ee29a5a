/** Builds the host page's script, once per React: 18 as in Mattermost 11, 19 as in Mattermost 12. */
import {createRequire} from 'node:module';
import webpack, {type Configuration, type Stats} from 'webpack';

const require = createRequire(import.meta.url);

export type React = '18' | '19';

const FLAVOURS: Record<React, Record<string, string>> = {
    18: {},
    19: {
        react$: require.resolve('react-19'),
        'react-dom$': require.resolve('react-dom-19'),
        'react-dom/client$': require.resolve('react-dom-19/client'),
    },
};

/** Writes react-<version>.js into the folder. @throws Error with webpack's messages */
export async function buildPage(react: React, folder: string): Promise<void> {
    const stats = await run(configuration(react, FLAVOURS[react], folder));
    if (stats.hasErrors()) throw new Error(stats.toString({all: false, errors: true}));
}

function configuration(react: React, alias: Record<string, string>, path: string): Configuration {
    return {
        name: react,
        mode: 'production',
        target: ['web', 'es2022'],
        context: import.meta.dirname,
        entry: './page/index.tsx',
        output: {path, filename: `react-${react}.js`},
        devtool: false,
        // Minifying costs more time than a test page gains by it.
        optimization: {minimize: false},
        resolve: {alias, extensions: ['.tsx', '.ts', '.js', '.mjs']},
        module: {
            rules: [
                {
                    test: /\.tsx?$/,
                    exclude: /node_modules/,
                    loader: 'swc-loader',
                    options: {jsc: {target: 'es2022', parser: {syntax: 'typescript', tsx: true}, transform: {react: {runtime: 'classic'}}}},
                },
            ],
        },
        performance: false,
    };
}

function run(configuration: Configuration): Promise<Stats> {
    return new Promise((resolve, reject) => {
        const compiler = webpack(configuration);
        compiler.run((error, stats) => compiler.close(() => (stats ? resolve(stats) : reject(error))));
    });
}
