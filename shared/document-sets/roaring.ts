/**
 * Sets of document ordinals: Roaring bitmaps, which leaves and roots exchange in the portable format.
 *
 * A set lies in memory of WebAssembly that the collector does not see: whoever makes one disposes of it.
 *
 * Source: Lemire et al., "Roaring Bitmaps: Implementation of an Optimized Software Library" (2018), and the format at
 * https://github.com/RoaringBitmap/RoaringFormatSpec.
 */
import roaring from 'roaring-wasm';

await roaring.roaringLibraryInitialize();

export const RoaringBitmap32 = roaring.RoaringBitmap32;
export type RoaringBitmap32 = InstanceType<typeof RoaringBitmap32>;

/** Disposes of every set that was made while a function ran. */
export const RoaringArenaAllocator = roaring.RoaringArenaAllocator;
