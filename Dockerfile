# The bridge. It runs from source (Node strips the types), so there is nothing to build.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# TypeScript, half of the size, is only an optional peer of Mattermost's type packages: no code of ours loads it.
RUN npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/typescript node_modules/@typescript

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production PORT=8090 DATA_DIR=/data
# The SQLite file, unless DATABASE_URL is set, and the generated key, unless IRESERVE_SECRET_KEY is.
RUN mkdir -m 700 /data && chown node:node /data
VOLUME /data
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY bridge bridge
RUN ln -s /app/bridge/cli/ireserve-bridge.js /usr/local/bin/ireserve-bridge
# Compiled once, here: half of what a start takes is compiling. Without the folder, or with another Node, it only starts slower.
ENV NODE_COMPILE_CACHE=/app/compile-cache
RUN mkdir -m 700 compile-cache && chown node:node compile-cache
USER node
RUN node --input-type=module --eval "await import('/app/bridge/cli/run.ts'); await import('/app/bridge/serve.ts')"
EXPOSE 8090
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "bridge/cli/ireserve-bridge.js", "serve"]
