export { fashionImages, firstImages, type LabelledImages } from './fashion-images.js';
export { readTeacher, teacherFolder } from './read-teacher.js';
