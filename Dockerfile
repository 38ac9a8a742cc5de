# The server on a small image, as a user without rights. See docs/operating.md.
#   docker build --build-arg SOURCE_COMMIT=$(git rev-parse HEAD) -t cortigraph .

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
ARG SOURCE_COMMIT
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000 \
    CORTIGRAPH_ALLOW_REMOTE=true \
    DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/fixtures fixtures
# The shell, without the build that a checkout makes first: docker compose exec cortigraph cortigraph --help
RUN printf '#!/bin/sh\nexec node --enable-source-maps /app/dist/main.js "$@"\n' > /usr/local/bin/cortigraph \
  && chmod 755 /usr/local/bin/cortigraph \
  && mkdir /data && chown node:node /data
# node's, as a number, so that who runs the image can see that it is not root.
USER 1000:1000
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=2", "--enable-source-maps", "dist/main.js"]
