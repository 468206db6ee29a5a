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
    entry: './src/index.tsx',
    // The name keeps our <style> elements apart from those of other plugins.
    output: {path: join(import.meta.dirname, 'dist'), filename: 'main.js', uniqueName: manifest.id},
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
            {test: /i18n\/(nl|de)\.json$/, type: 'json', parser: {parse: (text: string) => Object.values(JSON.parse(text))}},
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
