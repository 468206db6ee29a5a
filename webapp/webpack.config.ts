import {join} from 'node:path';
import type {Configuration} from 'webpack';
import manifest from '../plugin.json' with {type: 'json'};

/** Libraries the host has on `window`. All the others are bundled. The JSX runtime is absent before v12: hence classic JSX below. */
const externals = {
    react: 'React',
    'react-dom': 'ReactDOM',
    'react-dom/client': 'ReactDOM',
    'react-intl': 'ReactIntl',
    'react-redux': 'ReactRedux',
    'react-router-dom': 'ReactRouterDom',
    redux: 'Redux',
    luxon: 'Luxon',
};

const config: Configuration = {
    mode: 'production',
    // The oldest browsers Mattermost 11 supports understand all of ES2022.
    target: ['web', 'es2022'],
    context: import.meta.dirname,
    entry: ['./src/public_path.ts', './src/index.tsx'],
    output: {
        path: join(import.meta.dirname, 'dist'),
        filename: 'main.js',
        // Parts that are loaded later (src/later.tsx). The server lets browsers keep them for a year: another content, another name.
        chunkFilename: '[name].[contenthash:12].js',
        // Set by src/public_path.ts: webpack's own way throws where it can't tell.
        publicPath: '',
        // Keeps our <style> elements, and the parts, apart from those of other plugins.
        uniqueName: manifest.id,
    },
    // No source map, and never `eval`: the folder is public, and the page's content security policy forbids eval.
    devtool: false,
    externals,
    resolve: {extensions: ['.tsx', '.ts', '.js']},
    module: {
        rules: [
            {
                test: /\.tsx?$/,
                loader: 'swc-loader',
                options: {jsc: {target: 'es2022', parser: {syntax: 'typescript', tsx: true}, transform: {react: {runtime: 'classic'}}}},
            },
            {test: /\.css$/, loader: join(import.meta.dirname, 'lean-css-loader.cjs')},
            // Ids once are enough: the other languages have the same, in the same order (a test sees to it).
            {test: /i18n\/(?:.+\/)?(nl|de)\.json$/, type: 'json', parser: {parse: (text: string) => Object.values(JSON.parse(text))}},
        ],
        // `import './panel.css'` adds a <style>.
        parser: {css: {exportType: 'style'}},
    },
    experiments: {css: true},
    // build.ts minimizes.
    optimization: {minimize: false},
    // build.ts has the limit, and fails.
    performance: false,
};

export default config;
