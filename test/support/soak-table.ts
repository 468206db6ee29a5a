/** vitest reporter of `make search`: what each long test tried, and what it found, as a table at the end. */
import type {Reporter, TestCase, TestModule} from 'vitest/node';

type Row = {test: string; tried: string; found: number; outcome: string};

export class SoakTable implements Reporter {
    onTestRunEnd(modules: readonly TestModule[]): void {
        const rows = modules.flatMap((module) => [...module.children.allTests()]).map(rowOf);
        console.log(`\n${table(rows)}\n`);
    }
}

function rowOf(test: TestCase): Row {
    const {figures = {}, findings = []} = test.meta();
    return {
        test: `${test.module.relativeModuleId} > ${test.name}`,
        tried: Object.entries(figures)
            .map(([name, value]) => `${value} ${name}`)
            .join(', '),
        found: findings.length,
        outcome: test.result().state,
    };
}

/** Lays rows out in columns. */
export function table(rows: readonly Row[]): string {
    const lines = [['what', 'tried', 'found', ''], ...rows.map(({test, tried, found, outcome}) => [test, tried, String(found), outcome])];
    const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
    return lines
        .map((line) =>
            line
                .map((cell, column) => cell.padEnd(widths[column] ?? 0))
                .join('  ')
                .trimEnd(),
        )
        .join('\n');
}
