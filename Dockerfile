# One image for root, leaf, log and the commands: `docker run sheaf leaf`, `docker run sheaf search …`.
FROM node:26-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# The image brings its own Node: without the optional packages, which are Node for machines that have another.
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force

FROM node:26-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE sheaf.ts ./
COPY shared ./shared
COPY root ./root
COPY leaf ./leaf
COPY command ./command
# A user that is nobody else, by number, so that Kubernetes can tell that it is not root; and a folder it may write.
RUN mkdir /data && chown 10001:10001 /data
USER 10001:10001
VOLUME /data
EXPOSE 7700 7701 7710
ENTRYPOINT ["node", "/app/sheaf.ts"]
CMD ["--help"]
